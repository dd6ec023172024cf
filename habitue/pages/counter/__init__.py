"""The counter's pages: who works here, the scan, the sheet."""
