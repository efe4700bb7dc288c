// Replaced by the content hash when the modules are served as one file (`service/web/widget_bundle.py`).
export const VERSION = 'development';
