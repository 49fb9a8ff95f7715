"""Tables: great-tables with fixed ids, styled by the site's style sheet alone."""

from analytics.tables.table import TableColumn, table_html

__all__ = ["TableColumn", "table_html"]
