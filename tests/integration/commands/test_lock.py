from scripts.lock import HEADER, write_pins


def test_pins_are_sorted_without_local_parts_and_without_the_project() -> None:
    versions = {"torch": "2.13.0+cpu", "careers-faq": "0.1.0", "SQLAlchemy": "2.1.9"}
    report = {
        "install": [
            {"metadata": {"name": name, "version": version}} for name, version in versions.items()
        ]
    }

    assert write_pins(report) == f"{HEADER}SQLAlchemy==2.1.9\ntorch==2.13.0\n"
