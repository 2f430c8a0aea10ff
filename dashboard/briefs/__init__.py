"""Files that leave the dashboard: lists with HXL tags, and templates to fill in. What is in them was asked before."""
