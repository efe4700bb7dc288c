"""The same as `careers-faq import`; see its --help."""

from service.commands.import_content import app

if __name__ == "__main__":
    app()
