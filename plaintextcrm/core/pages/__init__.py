"""What the pages of the site show, as plain values: no HTML, no files. One module a page; the shapes are in `shapes`."""
