"""The public record that the project carries: computed from the publishers' files, and written out in their layouts.

What is carried stands in data/reference, compact, with its citation in `record.toml`. A new store takes it in by the
front door, as it would take the publishers' own files.
"""
