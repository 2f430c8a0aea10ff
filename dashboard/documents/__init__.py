"""What leaves the dashboard as a whole: pages read as values, and the documents made of them."""
