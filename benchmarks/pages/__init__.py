"""Pages a second of the site as production runs it, beside a bare Django page; see `benchmarks.pages.__main__`."""
