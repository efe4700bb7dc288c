"""The studio in the browser: /admin/content."""
