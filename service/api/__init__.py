"""The HTTP interface: routes, schemas, presenters, errors, middleware, rate limits."""
