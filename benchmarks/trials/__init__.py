"""The measurements, by subject. Each gives readings of one or more rows."""
