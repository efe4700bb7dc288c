<?php
/**
 * Plugin Name: Careers FAQ
 * Description: A question field over your FAQ, as a block and as the shortcode [careers_faq].
 * Version: 0.1.0
 * Requires at least: 6.5
 * Requires PHP: 7.4
 * License: Apache-2.0
 *
 * Copy this folder to wp-content/plugins, activate it, and write the address of your service under
 * Settings > Careers FAQ.
 */

if (!defined('ABSPATH')) {
    exit;
}

const CAREERS_FAQ_ATTRIBUTES = array(
    'heading', 'subtitle', 'greeting', 'suggestions', 'position', 'scheme', 'accent', 'lang',
    'contact-url', 'content-lang', 'open', 'persist', 'shortcut', 'trigger',
);

/** The address of the service, without a slash at its end; empty when none is set. */
function careers_faq_endpoint() {
    return untrailingslashit((string) get_option('careers_faq_endpoint', ''));
}

/** The element, with those of the attributes that it knows. */
function careers_faq_render($attributes) {
    $endpoint = careers_faq_endpoint();
    if ($endpoint === '') {
        return current_user_can('manage_options')
            ? '<p>' . esc_html__('Write the address of your service under Settings > Careers FAQ.', 'careers-faq') . '</p>'
            : '';
    }
    wp_enqueue_script_module('careers-faq', $endpoint . '/widget.js', array(), null);
    $html = '<careers-faq endpoint="' . esc_url($endpoint) . '"';
    foreach ((array) $attributes as $name => $value) {
        // a shortcode has small letters and underscores, a block capitals
        $name = strtolower(str_replace('_', '-', preg_replace('/([A-Z])/', '-$1', (string) $name)));
        if (!in_array($name, CAREERS_FAQ_ATTRIBUTES, true) || $value === '' || $value === false) {
            continue;
        }
        $html .= ' ' . $name . ($value === true ? '' : '="' . esc_attr((string) $value) . '"');
    }
    $link = '<a href="' . esc_url($endpoint . '/faq') . '">' . esc_html__('Questions and answers', 'careers-faq') . '</a>';
    return $html . '>' . $link . '</careers-faq>';
}

add_shortcode('careers_faq', 'careers_faq_render');

add_action('init', function () {
    $text = array('type' => 'string', 'default' => '');
    register_block_type('careers-faq/widget', array(
        'api_version' => 3,
        'title' => __('Careers FAQ', 'careers-faq'),
        'category' => 'widgets',
        'icon' => 'format-chat',
        'attributes' => array('heading' => $text, 'accent' => $text, 'position' => array('type' => 'string', 'default' => 'inline')),
        'editor_script_handles' => array('careers-faq-editor'),
        'render_callback' => 'careers_faq_render',
    ));
    wp_register_script('careers-faq-editor', '', array('wp-blocks', 'wp-element', 'wp-components', 'wp-block-editor'), '0.1.0', true);
    wp_add_inline_script('careers-faq-editor', careers_faq_editor());
});

/** The block in the editor: its settings, and a line that stands for it. */
function careers_faq_editor() {
    return <<<'JS'
(function ({ blocks, element, components, blockEditor }) {
  const h = element.createElement;
  const field = (props, name, label) => h(components.TextControl, {
    key: name, label, value: props.attributes[name], onChange: (value) => props.setAttributes({ [name]: value }),
  });
  blocks.registerBlockType('careers-faq/widget', {
    title: 'Careers FAQ', icon: 'format-chat', category: 'widgets',
    attributes: { heading: { type: 'string', default: '' }, accent: { type: 'string', default: '' },
      position: { type: 'string', default: 'inline' } },
    edit: (props) => h('div', blockEditor.useBlockProps(),
      h(blockEditor.InspectorControls, null, h(components.PanelBody, { title: 'Careers FAQ' },
        field(props, 'heading', 'Title'), field(props, 'accent', 'Colour, such as #0b6b4f'),
        field(props, 'position', 'inline, bottom-right, bottom-left, drawer-right or drawer-left'))),
      h('p', null, 'Careers FAQ: ' + (props.attributes.heading || 'the question field stands here.'))),
    save: () => null,
  });
})(window.wp);
JS;
}

add_action('admin_init', function () {
    register_setting('careers_faq', 'careers_faq_endpoint', array(
        'type' => 'string',
        'sanitize_callback' => 'esc_url_raw',
    ));
});

add_action('admin_menu', function () {
    add_options_page('Careers FAQ', 'Careers FAQ', 'manage_options', 'careers-faq', function () {
        ?>
        <div class="wrap">
            <h1>Careers FAQ</h1>
            <form method="post" action="options.php">
                <?php settings_fields('careers_faq'); ?>
                <p>
                    <label for="careers_faq_endpoint"><?php esc_html_e('Address of your service', 'careers-faq'); ?></label><br>
                    <input class="regular-text" type="url" id="careers_faq_endpoint" name="careers_faq_endpoint"
                        value="<?php echo esc_attr(careers_faq_endpoint()); ?>" placeholder="https://careers.example.org">
                </p>
                <p><?php echo esc_html(sprintf(
                    /* translators: %s: origin of this site */
                    __('Start it with FAQ_ALLOWED_ORIGINS=%s', 'careers-faq'),
                    preg_replace('#^(https?://[^/]+).*#', '$1', home_url())
                )); ?></p>
                <?php submit_button(); ?>
            </form>
        </div>
        <?php
    });
});
