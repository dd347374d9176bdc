"""``python -m pipeline`` is ``voxquote``."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
