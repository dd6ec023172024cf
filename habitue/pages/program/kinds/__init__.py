"""One kind of sentence a module, found by its name: a new kind is a file beside these."""
