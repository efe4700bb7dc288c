"""The same as `careers-faq versions`; see its --help."""

from service.commands.versions import app

if __name__ == "__main__":
    app()
