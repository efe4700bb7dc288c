"""The same as `careers-faq erase`; see its --help."""

from service.commands.erase import app

if __name__ == "__main__":
    app()
