"""Speed, as the ratio of two things measured in one run. `make bench` prints the table and writes JSON."""
