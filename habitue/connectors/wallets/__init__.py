"""Cards for phones' wallets: an option where keys are set; the web card is the default."""
