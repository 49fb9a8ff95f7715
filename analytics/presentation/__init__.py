"""What the documents show: one module a page, functions that its cells call."""
