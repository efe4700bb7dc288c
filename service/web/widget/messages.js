// What the widget itself says; answers stay in the language of the content. A language is a list of
// lines in the order of KEYS, which is a third smaller on the wire than one object a language.

const KEYS = `heading greeting offer label send close clear reply thinking cancel cancelled retry source newTab
reviewed contact all helpful yes no comment thanks copy copyLink copied offline down online unknown failed limit
options`.split(/\s/);

const language = (text) => Object.fromEntries(text.split('\n').map((line, position) => [KEYS[position], line]));

/** By language tag. */
export const messages = {
  en: language(`Ask about careers
Hello! Ask about these careers. Every answer is quoted from our guide.
You could ask
Your question
Send
Close
Start over
Answer
Looking it up…
Cancel
Cancelled.
Try again
Source
opens in a new tab
Reviewed {0}
Contact us
All questions and answers
Was this helpful?
Helpful
Not helpful
Anything to add? (optional)
Thank you for your feedback.
Copy answer
Copy link
Copied.
The service is unreachable. Answers come from a saved copy.
The service is unreachable. Your question will be asked again.
The service is back.
The saved copy has no answer to that.
That did not work.
Too many questions. Please wait {0} seconds.
{0} suggestions. Choose with the arrow keys.`),
  de: language(`Fragen zum Beruf
Hallo! Fragen Sie zu diesen Berufen. Jede Antwort ist aus unserem Ratgeber zitiert.
Fragen Sie zum Beispiel
Ihre Frage
Senden
Schließen
Neu beginnen
Antwort
Ich sehe nach …
Abbrechen
Abgebrochen.
Erneut versuchen
Quelle
öffnet einen neuen Tab
Geprüft am {0}
Kontakt
Alle Fragen und Antworten
War das hilfreich?
Hilfreich
Nicht hilfreich
Möchten Sie etwas ergänzen? (freiwillig)
Danke für Ihre Rückmeldung.
Antwort kopieren
Link kopieren
Kopiert.
Der Dienst ist nicht erreichbar. Antworten kommen aus einer gespeicherten Kopie.
Der Dienst ist nicht erreichbar. Ihre Frage wird erneut gestellt.
Der Dienst ist wieder da.
Die gespeicherte Kopie hat darauf keine Antwort.
Das hat nicht geklappt.
Zu viele Fragen. Bitte {0} Sekunden warten.
{0} Vorschläge. Mit den Pfeiltasten wählen.`),
  es: language(`Preguntas sobre la profesión
¡Hola! Pregunte sobre estas profesiones. Cada respuesta se cita de nuestra guía.
Puede preguntar
Su pregunta
Enviar
Cerrar
Empezar de nuevo
Respuesta
Buscando…
Cancelar
Cancelado.
Intentar de nuevo
Fuente
se abre en otra pestaña
Revisado: {0}
Contacto
Todas las preguntas y respuestas
¿Le ha servido?
Me ha servido
No me ha servido
¿Quiere añadir algo? (opcional)
Gracias por su opinión.
Copiar respuesta
Copiar enlace
Copiado.
El servicio no está disponible. Las respuestas vienen de una copia guardada.
El servicio no está disponible. Su pregunta se enviará de nuevo.
El servicio vuelve a estar disponible.
La copia guardada no tiene respuesta.
No ha funcionado.
Demasiadas preguntas. Espere {0} segundos.
{0} sugerencias. Elija con las flechas.`),
  fr: language(`Questions sur le métier
Bonjour ! Posez vos questions sur ces métiers. Chaque réponse est citée de notre guide.
Vous pouvez demander
Votre question
Envoyer
Fermer
Recommencer
Réponse
Recherche en cours…
Annuler
Annulé.
Réessayer
Source
s’ouvre dans un nouvel onglet
Vérifié le {0}
Nous contacter
Toutes les questions et réponses
Cette réponse est-elle utile ?
Utile
Pas utile
Quelque chose à ajouter ? (facultatif)
Merci pour votre avis.
Copier la réponse
Copier le lien
Copié.
Le service est injoignable. Les réponses viennent d’une copie enregistrée.
Le service est injoignable. Votre question sera posée de nouveau.
Le service est de retour.
La copie enregistrée n’a pas de réponse.
Cela n’a pas fonctionné.
Trop de questions. Attendez {0} secondes.
{0} suggestions. Choisissez avec les flèches.`),
  hi: language(`करियर के बारे में पूछें
नमस्ते! इन करियर के बारे में पूछें। हर उत्तर हमारी गाइड से लिया गया है।
आप पूछ सकते हैं
आपका प्रश्न
भेजें
बंद करें
फिर से शुरू करें
उत्तर
खोज रहे हैं…
रद्द करें
रद्द किया गया।
फिर कोशिश करें
स्रोत
नए टैब में खुलेगा
समीक्षा: {0}
हमसे संपर्क करें
सभी प्रश्न और उत्तर
क्या इससे मदद मिली?
मदद मिली
मदद नहीं मिली
कुछ जोड़ना चाहेंगे? (वैकल्पिक)
आपकी राय के लिए धन्यवाद।
उत्तर कॉपी करें
लिंक कॉपी करें
कॉपी हो गया।
सेवा उपलब्ध नहीं है। उत्तर सहेजी गई प्रति से हैं।
सेवा उपलब्ध नहीं है। आपका प्रश्न फिर पूछा जाएगा।
सेवा फिर से उपलब्ध है।
सहेजी गई प्रति में इसका उत्तर नहीं है।
यह नहीं हो सका।
बहुत प्रश्न हो गए। कृपया {0} सेकंड रुकें।
{0} सुझाव। तीर कुंजियों से चुनें।`),
  zh: language(`职业问答
您好！欢迎询问这些职业。每个回答都引自我们的指南。
您可以问
您的问题
发送
关闭
重新开始
回答
正在查找…
取消
已取消。
重试
来源
在新标签页中打开
审核日期：{0}
联系我们
全部问题与回答
有帮助吗？
有帮助
没有帮助
还想补充什么吗？（可选）
感谢您的反馈。
复制回答
复制链接
已复制。
无法连接服务。回答来自保存的副本。
无法连接服务。您的问题会重新发送。
服务已恢复。
保存的副本中没有回答。
操作未成功。
提问过多，请等待 {0} 秒。
{0} 条建议。用方向键选择。`),
};

/** The messages of a language tag, English where there are none; `tag` says which language it became. */
export function messagesFor(tag) {
  const lang = tag.toLowerCase();
  const known = [lang, lang.split('-')[0], 'en'].find((one) => messages[one]);
  return { ...messages.en, ...messages[known], tag: known };
}

/** A message with its value put in. */
export function fill(message, value) {
  return message.replace('{0}', value);
}
