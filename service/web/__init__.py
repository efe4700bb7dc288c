"""Pages for people: demo, FAQ, dashboard, API reference, and the widget."""
