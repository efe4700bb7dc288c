import 'careers-faq';
import type {} from 'careers-faq/vue';
import { createApp } from 'vue';
import App from './App.vue';

createApp(App).mount('#app');
