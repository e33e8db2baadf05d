import i18next from 'i18next';
const i18n = i18next.createInstance();
await i18n.init({ lng: 'de', fallbackLng: 'en', showSupportNotice: false, resources: { en: { translation: { hi: 'Hi {{name}}', only: 'only en', nested: { a: '$t(hi, {"name":"X"})!' } } }, de: { translation: { hi: 'Hallo {{name}}', formal: 'normal', formal_polite: 'höflich' } } } });
console.log(i18n.t('hi', { name: '<Ada>' }), i18n.t('only'), i18n.t('formal', { context: 'polite' }), i18n.t('missing.key'), i18n.exists('hi'));
await i18n.changeLanguage('en');
console.log(i18n.t('nested.a'), i18n.dir('ar'), i18n.languages);
