"""Display of the DataFrames of zenpro as HTML and as text. Their data does not change."""
