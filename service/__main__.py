"""`python -m service`: the same as `careers-faq serve`."""

from service.commands.serve import app

if __name__ == "__main__":
    app(prog_name="python -m service")
