"""What runs: reading article files, keeping the catalogue, pressing editions, serving and publishing them."""
