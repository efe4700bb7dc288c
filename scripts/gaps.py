"""The same as `careers-faq gaps`; see its --help."""

from service.commands.gaps import app

if __name__ == "__main__":
    app()
