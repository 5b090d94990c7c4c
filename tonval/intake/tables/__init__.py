"""Files of rows, whatever program wrote them: CSV, XLSX, SPSS and Triple-S.

Law: rows stream in constant memory; what only large libraries can read is read in a child process with limits.
"""

from tonval.intake.tables.opening import open_table
from tonval.intake.tables.rows import BadFile, Row, RowFault, Table

__all__ = ["BadFile", "Row", "RowFault", "Table", "open_table"]
