"""XLSX workbooks (ECMA-376, part 1, SpreadsheetML), read as a stream in constant memory.

Law: nothing is calculated. A cell is the text that was stored for it; a formula that has no stored result is text too.
"""
