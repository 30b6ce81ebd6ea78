"""What the data promises: contracts, their validation, and what is generated from them."""
