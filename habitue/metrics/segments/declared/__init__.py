"""Every segment's words, one module per family. No NumPy here: a page may read them."""
