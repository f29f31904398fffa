"""Pictures as SVG, for the pages and for the report: no script, no style sheet, no reference outside."""
