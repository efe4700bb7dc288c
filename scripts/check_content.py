"""The same as `careers-faq check`; see its --help."""

from service.commands.check import app

if __name__ == "__main__":
    app()
