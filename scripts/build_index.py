"""The same as `careers-faq build`; see its --help."""

from service.commands.build import app

if __name__ == "__main__":
    app()
