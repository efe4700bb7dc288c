"""Answers over HTTP: the app, its routes, pages and widget."""
