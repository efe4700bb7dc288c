"""The same as `careers-faq evaluate`; see its --help."""

from service.commands.evaluate import app

if __name__ == "__main__":
    app()
