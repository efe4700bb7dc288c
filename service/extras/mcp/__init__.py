"""Model Context Protocol: the same answers, as tools for agents."""
