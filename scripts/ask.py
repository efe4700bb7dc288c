"""The same as `careers-faq ask`; see its --help."""

from service.commands.ask import app

if __name__ == "__main__":
    app()
