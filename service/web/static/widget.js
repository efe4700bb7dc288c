{const a="development",D=4e3;class n extends Error{constructor(e,t,n){super(t),this.kind=e,this.wait=n}}function failure(e){if(e.status===429){const t=Number(e.headers.get("retry-after"))||60;return new n("limit","Too many requests",t)}const t=e.status<500?"refused":"down";return new n(t,`${e.url} answered ${e.status}`)}class z{#t="";#n=!1;constructor(e,t){this.base=e;const{origin:n}=new URL(e),s=e=>{e.blockedURI.startsWith(n)&&(this.#t=e.effectiveDirective)};document.addEventListener("securitypolicyviolation",s,{signal:t})}ask(e,t,n){const s={question:e};return t&&(s.conversation_id=t),this.#e("v1/ask",n,s)}feedback(e,t){return this.#e("v1/feedback",t,e)}async suggest(e,t){return(await this.#e(`v1/suggest?q=${encodeURIComponent(e)}`,t)).suggestions}async questions(e){return(await this.#e("v1/questions",e)).questions}answers(e,t){return this.#e(e||`widget/${a}/answers.json`,t)}async healthy(e){try{return await this.#e("readyz",e),!0}catch{return!1}}async#e(e,t,s){const o=new AbortController,i=()=>o.abort(),a=setTimeout(i,D);t.addEventListener("abort",i);try{const t=await fetch(new URL(e,this.base),this.#s(o.signal,s));if(!t.ok)throw failure(t);return t.status===204?null:await t.json()}catch(s){throw t.aborted||s instanceof n?s:(o.signal.aborted||this.#o(),new n("down",`${this.base}${e}: ${s.message}`))}finally{clearTimeout(a),t.removeEventListener("abort",i)}}#s(e,t){const n={signal:e,credentials:"omit",referrerPolicy:"strict-origin"};if(!t)return n;const s={"content-type":"application/json"};return{...n,method:"POST",headers:s,body:JSON.stringify(t)}}async#o(){if(this.#n)return;this.#n=!0;const{origin:e}=new URL(this.base),t=new URL("widget.js",this.base),n=await fetch(t,{mode:"no-cors",method:"HEAD"}).catch(()=>null);if(this.#t){const t=this.#t.replace(/-(elem|attr)$/,"");console.error(`careers-faq: this page's Content-Security-Policy blocks ${e}. Add: ${t} ${e}`)}else n&&location.origin!==e?console.error(`careers-faq: ${e} does not accept questions from ${location.origin}. `+`Start the service with: FAQ_ALLOWED_ORIGINS=${location.origin}`):this.#n=!1}}const p="http://www.w3.org/2000/svg",F=/<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>|<!--[^]*?-->|[^<]+|</gi,M={amp:"&",lt:"<",gt:">",quot:'"',nbsp:" "},A=new Set("a b blockquote br code del em hr i kbd li ol p pre s strong sub sup table tbody td th thead tr u ul".split(" ")),k=new Set(["br","hr"]);function h(t,n,...s){const e=document.createElement(t);for(const[s,t]of Object.entries(n??{})){if(t==null||t===!1)continue;s.startsWith("on")?e.addEventListener(s.slice(2),t):e.setAttribute(s,t===!0?"":t)}return e.append(...s.filter(e=>e!=null&&e!==!1)),e}function icon(e){const t=document.createElementNS(p,"svg");t.setAttribute("viewBox","0 0 24 24"),t.setAttribute("aria-hidden","true");const n=document.createElementNS(p,"path");return n.setAttribute("d",e),t.append(n),t}function safeUrl(e,t){try{const n=new URL(e,t);return/^(https?|mailto):$/.test(n.protocol)?n.href:null}catch{return null}}function link(e,t,...n){const s=e.split("#")[0]===location.href.split("#")[0],o=s?{}:{target:"_blank",rel:"noopener"};return h("a",{href:e,...o,...t},...n)}function decode(e){return e.replace(/&(amp|lt|gt|quot|nbsp);/g,(e,t)=>M[t])}function opened(e,t,n){if(/^h[1-6]$/.test(e))return h("p",{class:"strong"});if(!A.has(e))return null;if(e!=="a")return h(e);const s=safeUrl(decode(/\shref="([^"]*)"/i.exec(t)?.[1]??""),n);return s?link(s):h("span")}function htmlToNodes(e,t){const s=document.createDocumentFragment(),n=[{tag:"",node:s}];for(const[o,a,r,c]of e.matchAll(F)){const i=n[n.length-1].node,s=r?.toLowerCase();if(s)if(a){const e=n.findLastIndex(e=>e.tag===s);e>0&&(n.length=e)}else{const e=opened(s,c,t);e&&i.append(e),e&&!k.has(s)&&n.push({tag:s,node:e})}else o.startsWith("<!--")||i.append(decode(o))}return s}function markSentence(e,t){const i=t.trim().split(/\s+/).map(e=>e.replace(/[^\w\s]/g,"\\$&")),s=[],a=document.createTreeWalker(e,NodeFilter.SHOW_TEXT);for(;a.nextNode();)s.push(a.currentNode);const n=new RegExp(i.join("\\s+")).exec(s.map(e=>e.data).join(""));if(!i[0]||!n)return;let o=0;for(const i of s){const{length:a}=i,e=Math.max(n.index-o,0),r=Math.min(n.index+n[0].length-o,a);if(o+=a,e>=r)continue;const t=i.splitText(e);t.splitText(r-e);const c=h("mark");t.replaceWith(c),c.append(t)}}function textFragment(e,t){const n=t.trim().split(/\s+/),s=e=>encodeURIComponent(e.join(" ")).replaceAll("-","%2D"),o=n.length>10?[n.slice(0,5),n.slice(-4)]:[n];return n[0]?`${e}${e.includes("#")?"":"#"}:~:text=${o.map(s).join(",")}`:e}function firstSentence(e){const t=e.trim().split(`
`)[0].replace(/^(-|\d+\.) /,"");return/^.*?[.!?\u3002\u0964](?=\s|$)/.exec(t)?.[0]??t}const E=180;class w{#o;#i;#a;#e=-1;#n=null;#s=0;constructor(e,t,n,s,o){this.#o=n,this.#i=s,this.#a=o,this.list=h("ul",{id:"list",class:"list",role:"listbox","aria-label":e,lang:t,hidden:!0,onmousedown:e=>e.preventDefault(),onclick:e=>this.#r([...this.list.children].indexOf(e.target.closest("li")))}),this.input=h("input",{id:"input",class:"input",part:"input",type:"text",role:"combobox",dir:"auto",maxlength:"1000","aria-label":e,placeholder:e,autocomplete:"off",enterkeyhint:"send","aria-autocomplete":"list","aria-expanded":"false","aria-controls":"list",oninput:()=>this.#c(),onkeydown:e=>this.#u(e),onblur:()=>this.close()})}get expanded(){return!this.list.hidden}close(){clearTimeout(this.#s),this.#n?.abort(),this.#t([])}#c(){clearTimeout(this.#s),this.#n?.abort();const e=this.input.value.trim();e.length<2?this.#t([]):this.#s=setTimeout(()=>this.#l(e),E)}async#l(e){const t=this.#n=new AbortController;try{const n=await this.#a.client.suggest(e,t.signal);t.signal.aborted||this.#t(n)}catch{t.signal.aborted||this.#t([])}}#t(e){this.#e=-1,this.list.replaceChildren(...e.map(({question:e},t)=>h("li",{id:`option-${t}`,role:"option","aria-selected":"false",dir:"auto"},e))),this.list.hidden=!e.length,this.input.setAttribute("aria-expanded",String(this.expanded)),this.input.removeAttribute("aria-activedescendant"),e.length&&this.#i(e.length)}#d(e){const t=[...this.list.children],s=t.length+1;this.#e=(this.#e+e+1+s)%s-1,t.forEach((e,t)=>e.setAttribute("aria-selected",String(t===this.#e)));const n=t[this.#e];return n?(n.scrollIntoView({block:"nearest"}),this.input.setAttribute("aria-activedescendant",n.id)):this.input.removeAttribute("aria-activedescendant")}#u(e){if(!this.expanded||e.isComposing)return;const t={ArrowDown:1,ArrowUp:-1};if(e.key in t)this.#d(t[e.key]);else if(e.key==="Enter"&&this.#e>=0)this.#r(this.#e);else if(e.key==="Escape")this.close();else return;e.preventDefault(),e.stopPropagation()}#r(e){const t=this.list.children[e]?.textContent;if(!t)return;this.input.value="",this.close(),this.#o(t)}}const u=.62;function stem(e){return e.length>4?e.replace(/(ies|ing|es|s|ed|er|ers|y)$/,""):e.replace(/s$/,"")}function words(e){const t=e.toLowerCase().normalize("NFKD").replace(/\p{M}/gu,"");return new Set((t.match(/[\p{L}\p{N}+#]+/gu)??[]).map(stem))}function weigh(e,t){let n=0;for(const s of e)n+=t(s);return n}function likeness(e,t,n){const o=new Set([...e].filter(e=>t.has(e))),s=weigh(e,n)+weigh(t,n);return s?2*weigh(o,n)/s:0}function rarity(e){const t=new Map;for(const{all:n}of e)for(const e of n)t.set(e,(t.get(e)??0)+1);return n=>Math.log(1+e.length/(t.get(n)??.5))}function prepare(e){const t=e.questions.map(words),n=words([e.title,e.text,...e.questions].join(" "));return{unit:e,asked:t,all:n}}function lexicalAnswers(e,t){const s=e.answers.map(prepare),n=rarity(s);return o=>{const i=words(o),a=s.map(({unit:e,asked:t,all:s})=>{const a=weigh(new Set([...i].filter(e=>s.has(e))),n),o=a/(weigh(i,n)||1),r=Math.max(0,...t.map(e=>likeness(i,e,n)));return{unit:e,cover:o,score:.75*r+.25*o}});return a.sort((e,t)=>t.score-e.score),respond(e.version,a,t)}}function respond(e,t,n){const[{unit:s,score:a,cover:r}={score:0}]=t,i=a>=u&&r>=u,c=t.filter(e=>e.score>.2&&e.unit.kind==="faq"&&e.unit!==(i&&s)),l=c.slice(0,3).map(e=>({id:e.unit.id,question:e.unit.title})),o={interaction_id:null,passages:[],suggestions:l,index_version:e};return i?s.kind==="boundary"?{...o,outcome:"no_answer",message:s.text,answer:null}:{...o,outcome:"answer",message:"",answer:s}:{...o,outcome:"no_answer",message:n,answer:null}}const y=`heading greeting offer label send close clear reply thinking cancel cancelled retry source newTab
reviewed contact all helpful yes no comment thanks copy copyLink copied offline down online unknown failed limit
options`.split(/\s/),e=e=>Object.fromEntries(e.split(`
`).map((e,t)=>[y[t],e])),s={en:e(`Ask about careers
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
{0} suggestions. Choose with the arrow keys.`),de:e(`Fragen zum Beruf
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
{0} Vorschläge. Mit den Pfeiltasten wählen.`),es:e(`Preguntas sobre la profesión
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
{0} sugerencias. Elija con las flechas.`),fr:e(`Questions sur le métier
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
{0} suggestions. Choisissez avec les flèches.`),hi:e(`करियर के बारे में पूछें
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
{0} सुझाव। तीर कुंजियों से चुनें।`),zh:e(`职业问答
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
{0} 条建议。用方向键选择。`)};function messagesFor(e){const t=e.toLowerCase(),n=[t,t.split("-")[0],"en"].find(e=>s[e]);return{...s.en,...s[n],tag:n}}function fill(e,t){return e.replace("{0}",t)}const C="M9 9h11v11H9zM4 15V4h11",g="M9 15l6-6M11 6l2-2a5 5 0 0 1 7 7l-2 2M13 18l-2 2a5 5 0 0 1-7-7l2-2",b="M7 11v9H3v-9zl5-8c3 0 2 4 1 6h7l-2 11H7";function questionView(e,t){return h("div",{class:"message you",part:"message question"},sr(`${e.label}: `),h("span",{dir:"auto"},t))}function thinkingView(e,t){return h("div",{class:"message",part:"message"},h("div",{class:"thinking"},h("i",{class:"dot"}),e.thinking,h("button",{type:"button",class:"action",onclick:t},e.cancel)))}function failureView({t:e,contact:t},n,s){return h("div",{class:"message",part:"message"},h("p",null,n),h("p",{class:"tools"},h("button",{type:"button",class:"action",onclick:s},e.retry),t&&away(e,t,e.contact)))}function greetingView(e,t,n,s,o){return h("div",{class:"message greeting",part:"message"},h("p",{dir:"auto"},t),choices(e.offer,n,s,o))}function replyView(e,t,n){const{t:o,lang:i}=t,{result:s}=e,{answer:c,outcome:a,suggestions:l}=s,r=a==="answer"&&c;return h("div",{class:"message",part:"message"},sr(`${o.reply}: `),s.message&&h("p",{lang:i,dir:"auto"},s.message),r&&card(s,t),r&&tools(e,t,n),choices(o.offer,l,n.ask,i),a==="no_answer"&&elsewhere(t))}function replyText(e,t){const{answer:n,outcome:r,message:s,suggestions:o}=e,c=n?.sides?.map(e=>`${e.label??e.role}: ${e.text}`).join(" "),i=r==="answer"&&n,a=i?[s,n.title,c||n.text]:[s];return!i&&o.length&&a.push(`${t.offer}: ${o.map(e=>e.question).join(" ")}`),a.filter(Boolean).map(e=>/[.?!:]$/.test(e)?e:`${e}.`).join(" ").slice(0,1200)}function sr(e){return h("span",{class:"sr"},e)}function choices(e,t,n,s){if(!t?.length)return null;const o=t.map(({question:e})=>h("li",null,h("button",{type:"button",class:"choice",part:"suggestion",lang:s,dir:"auto",onclick:()=>n(e)},e)));return h("div",{role:"group","aria-label":e},h("p",{class:"label","aria-hidden":"true"},e),h("ul",{class:"choices",role:"list"},...o))}function away(e,t,n,s){return link(t,s,n,sr(` (${e.newTab})`))}function elsewhere({t:e,base:t,contact:n}){return h("p",{class:"meta"},n&&away(e,n,e.contact),away(e,new URL("faq",t).href,e.all))}function bestSentence({answer:e,passages:t}){const n=t.find(t=>t.id===e.id),[s]=n?.highlights??[];return s?[...n.text].slice(...s).join(""):null}function card(e,t){const{answer:n}=e,{t:c,lang:a,base:i}=t,s=h("div",{class:"body"});n.kind==="comparison"&&n.sides?.length?s.append(sides(n.sides,i)):s.append(n.html?htmlToNodes(n.html,i):h("p",null,n.text));const o=bestSentence(e);n.kind==="passage"&&o&&o.length<n.text.length&&markSentence(s,o);const r=h("h3",null,n.title);return h("div",{class:"card",part:"answer",lang:a,dir:"auto"},r,s,meta(n,o,t))}function sides(e,t){return h("div",{class:"sides"},...e.map(e=>h("section",{class:"side",part:"side"},h("h4",null,e.label??e.role),e.html?htmlToNodes(e.html,t):h("p",null,e.text))))}function sourceUrl(e,t,n){const s=safeUrl(e.url,n),o=e.sides?.[0]?.text||e.text;return s&&textFragment(s,firstSentence(t??o))}function meta(e,t,{t:n,lang:s,base:o}){const i=sourceUrl(e,t,o),r=(e.kind==="faq"?e.sources:[]).map(e=>[e.title,safeUrl(e.url,o)]).filter(([,e])=>e),a=e.reviewed&&new Date(e.reviewed),c={dateStyle:"medium",timeZone:"UTC"};return h("p",{class:"meta",lang:n.tag},i&&away(n,i,n.source,{part:"citation",class:"source"}),...r.map(([e,t])=>away(n,t,e,{part:"citation",lang:s})),a&&h("span",null,fill(n.reviewed,new Intl.DateTimeFormat(n.tag,c).format(a))))}function tools(e,{t,base:n},s){const{answer:i,interaction_id:f}=e.result,a=safeUrl(i.url,n),o=h("div"),r=e=>{o.replaceChildren(h("p",{class:"label"},e)),s.announce(e)},l=(e,n,s,o)=>h("button",{type:"button",class:"square","aria-label":t[e],title:t[e],onclick:s,...o},icon(n)),d=(e,n,s)=>l(e,n,async()=>{try{await navigator.clipboard.writeText(s),r(t.copied)}catch{r(t.failed)}}),c=()=>m.forEach((t,n)=>t.setAttribute("aria-pressed",String(e.helpful===!n))),u=async(t,n)=>{const i=s.feedback(t,n);c();const o=await i;n==null&&e.helpful===t?s.announce(o):r(o),c()},p=(e,n)=>{o.replaceChildren(commentForm(t,t=>{n.focus(),u(e,t)})),o.scrollIntoView({block:"nearest"}),u(e)},m=[["yes",!0],["no",!1]].map(([e,t])=>l(e,b,e=>p(t,e.currentTarget),{part:"feedback",class:`square ${e}`}));c();const v=h("div",{class:"tools"},d("copy",C,[i.title,plain(i),a].filter(Boolean).join(`

`)),a&&d("copyLink",g,a),...f?[h("span",{class:"rate"},t.helpful),...m]:[]);return h("div",null,v,o)}function plain(e){return e.sides?.length?e.sides.map(e=>`${e.label??e.role}: ${e.text}`).join(`
`):e.text}function commentForm(e,t){const n=h("textarea",{id:"comment",maxlength:"1000",rows:"2"}),s=e=>{e.preventDefault(),t(n.value.trim())};return h("form",{class:"comment",part:"comment",onsubmit:s},h("label",{class:"label"},e.comment,n),h("button",{class:"action"},e.send))}const j=1e3,m=[2,4,8,15,30,60];class _{#e;#t;#n=null;#m=null;#h=0;#l=0;#a=!1;constructor(e,t){this.#e=e,this.#t=t?.id,this.turns=t?.turns??[]}get state(){return{id:this.#t,turns:this.turns}}async ask(e){const t=String(e).trim().slice(0,j);if(!t||!this.#e.emit("ask",{question:t},!0))return;this.#n?.abort();const n={question:t};this.turns.push(n),await this.#r(n)}stop(){this.#n?.abort(),this.#s("")}clear(){this.turns=[],this.#t=null,this.stop()}replay(){for(const e of this.turns)this.#i(e)}async#r(e){const{client:n,page:s,signal:o}=this.#e;this.#n?.abort();const t=this.#n=new AbortController;e.failure=e.result=null,this.#i(e,thinkingView(s.t,()=>t.abort()));try{e.result=await n.ask(e.question,this.#t,t.signal),this.#t=e.result.conversation_id,this.#d()}catch(n){await this.#g(e,n,t.signal)}if(o.aborted||!this.turns.includes(e))return;this.#i(e),this.#f(e)}async#g(e,t,n){if(e.failure=n.aborted?"cancelled":t.kind,e.wait=t.wait,n.aborted)return;this.#e.emit("error",{question:e.question,reason:t.kind,message:t.message}),t.kind==="down"&&await this.#p(e,n)}#f(e){const{emit:n,announce:s,store:o,page:i}=this.#e,{question:a,result:t,failure:r}=e;if((r!=="cancelled"||this.turns.at(-1)===e)&&s(t?replyText(t,i.t):this.#u(e)),!t)return;o(this.state),n(t.outcome==="no_answer"?"noanswer":"answer",{question:a,result:t})}async#p(e,t){const{client:s,page:n}=this.#e;try{this.#m??=lexicalAnswers(await s.answers(n.saved,t),n.t.unknown),e.result=this.#m(e.question)}catch{t.aborted&&(e.failure="cancelled")}if(t.aborted)return;this.#s(e.result?n.t.offline:n.t.down),this.#c()}#s(e){const{notice:t}=this.#e;if(this.#a=Boolean(e),clearTimeout(this.#h),!t)return;t.textContent=e,t.hidden=!e}#c(){const{client:t,signal:e}=this.#e,n=m[this.#l++]??m.at(-1);this.#h=setTimeout(async()=>{const n=!document.hidden&&await t.healthy(e);if(e.aborted||!this.#a)return;n?this.#d():this.#c()},n*1e3)}#d(){if(this.#l=0,!this.#a)return;this.#s(""),this.#e.announce(this.#e.page.t.online);const e=this.turns.at(-1);e.failure==="down"&&!e.result&&this.#r(e)}#u({failure:e,wait:t}){const{t:n}=this.#e.page;return e==="limit"?fill(n.limit,t):n[e]??n.failed}#i(e,t=this.#v(e)){const{log:n,box:o,page:i}=this.#e,s=this.#o.get(e);if(s?.reply.parentNode===n)s.reply.contains(n.getRootNode().activeElement)&&o.input.focus(),s.reply.replaceWith(t),s.reply=t;else{const s=questionView(i.t,e.question);n.append(s,t),this.#o.set(e,{question:s,reply:t})}n.scrollTop=this.#o.get(e).question.offsetTop-n.offsetTop-8}#o=new WeakMap;#v(e){const{page:t,announce:n}=this.#e;return e.result?replyView(e,t,{announce:n,ask:e=>this.ask(e),feedback:(t,n)=>this.#b(e,t,n)}):failureView(t,this.#u(e),()=>this.#r(e))}async#b(e,t,n){const{client:a,signal:r,emit:o,page:i}=this.#e;e.helpful=t;const s={interaction_id:e.result.interaction_id,helpful:t};n&&(s.comment=n),o("feedback",s);try{return await a.feedback(s,r),i.t.thanks}catch(t){return e.helpful=null,o("error",{question:e.question,reason:"feedback",message:t.message}),i.t.failed}}}const t="endpoint heading greeting suggestions open position scheme lang contact-url persist content-lang answers-url".split(" "),O={position:["bottom-right","bottom-left","inline"],scheme:["auto","light","dark"]},x=/^(class|is|tabindex|accesskey|exportparts|(data|aria|on|v|x|ng|_ng|hx)[-\w]*|.*[^-\w].*)$/;function closest(e,t){const n=t=>[...e].filter((n,s)=>t.includes(e.slice(s,s+2))).length;return t.reduce((e,t)=>n(t)>n(e)?t:e)}function warn(e,t,n){const s=n?`did you mean "${closest(t,n)}"? Known: ${n.join(" ")}`:t;console.warn(`careers-faq: ${e}; ${s}`)}function checkNames(e){for(const n of e.getAttributeNames()){if(t.includes(n)||n in HTMLElement.prototype||x.test(n))continue;warn(`unknown attribute "${n}"`,n,t)}}function choice(e,t){const n=e.getAttribute(t),s=O[t];return s.includes(n)?n:(n!==null&&warn(`${t}="${n}" cannot be`,n,s),s[0])}function address(e,t){const n=e.getAttribute(t);if(!n)return null;const s=safeUrl(n,document.baseURI);return s||warn(`${t}="${n}" cannot be`,'write an address such as "https://careers.example.org"'),s}function starters(e){const t=e.getAttribute("suggestions")?.trim();if(t==null)return null;if(t[0]!=="[")return t.split("|").map(e=>e.trim()).filter(Boolean);try{return JSON.parse(t).map(String)}catch{return warn(`suggestions='${t}' cannot be`,"write a JSON list of questions, or questions with | between them"),[]}}function stored(e){try{return JSON.parse(sessionStorage.getItem(e))}catch{return null}}function store(e,t){try{t?sessionStorage.setItem(e,JSON.stringify(t)):sessionStorage.removeItem(e)}catch{}}const v="accent on-accent header on-header surface raised text muted line edge mark notice".split(" "),l=e=>v.map((t,n)=>`--_${t}:var(--careers-faq-${t},${e.split(" ")[n]});`).join(""),c=`${l("#1d4ed8 #fff var(--_accent) var(--_on-accent) #fff #f2f5fa #17212f #545f6e #d4dbe5 #74808f #ffefb0 #fff4d6")}color-scheme:light`,d=`${l("#8db4ff #0a1a35 #1e2735 #e8edf5 #131a25 #1e2735 #e8edf5 #a9b5c5 #344052 #7f8ea4 #574600 #3a3010")}color-scheme:dark`,S=`
:host {
  all: initial;
  display: block;
  ${c};
  --_radius: var(--careers-faq-radius, 14px);
  --_inner: calc(var(--_radius) - 3px);
  --_space: var(--careers-faq-space, 14px);
  --_offset: var(--careers-faq-offset, 20px);
}
:host > div { font: var(--careers-faq-font-size, max(1rem, 16px))/1.5 var(--careers-faq-font, system-ui, sans-serif); }
@media (prefers-color-scheme: dark) { :host { ${d} } }
:host([scheme=light]) { ${c} }
:host([scheme=dark]) { ${d} }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; padding: 0; color: inherit; }
:is(button, input, textarea, h2, h3, h4) { font: inherit; }
.sr + * { margin-top: 0 !important; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button { cursor: pointer; background: none; border: 0; }
svg {
  width: 1.25em; height: 1.25em; flex: none; fill: none;
  stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
a { color: var(--_accent); }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; border-radius: 6px; }
header :focus-visible { outline-color: var(--_on-header); outline-offset: -3px; }
.launcher, .panel {
  position: fixed; bottom: var(--_offset); right: var(--_offset); z-index: var(--careers-faq-layer, 2147483000);
  box-shadow: 0 2px 6px #0002, 0 12px 40px #0004;
}
.left > * { right: auto; left: var(--_offset); }
.launcher, .send, .you { color: var(--_on-accent); background: var(--_accent); border: 1px solid transparent; }
.launcher {
  display: flex; align-items: center; gap: .6em; min-height: 52px; padding: .6em 1.2em; border-radius: 2em;
  font-weight: 600;
}
.launcher:focus-visible { border-radius: 2em; box-shadow: 0 0 0 3px var(--_surface); }
.panel {
  inset: auto var(--_offset) var(--_offset) auto; flex-direction: column; overflow: hidden;
  width: var(--careers-faq-width, 25em); max-width: calc(100vw - 2 * var(--_offset));
  height: var(--careers-faq-height, 42em); max-height: calc(100dvh - 2 * var(--_offset));
  color: var(--_text); background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_radius);
}
.panel[open] { display: flex; animation: rise .18s; }
.panel:focus { outline: 0; }
.left .panel { inset: auto auto var(--_offset) var(--_offset); }
.inline .panel { position: static; width: auto; max-width: none; max-height: none; box-shadow: none; animation: none; }
@media (max-width: 30em), (max-height: 26em) {
  .launcher, .launcher:focus-visible { padding: 13px; font-size: 0; border-radius: 50%; }
  .launcher svg { width: 26px; height: 26px; }
  .panel:modal { inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border: 0; border-radius: 0; }
}
header { display: flex; align-items: center; padding: .5em; color: var(--_on-header); background: var(--_header); border-bottom: 1px solid var(--_line); }
h2 { flex: 1; padding-inline: .4em; font-size: 1.1em; }
h2, h3, h4, .strong, .action { font-weight: 600; overflow-wrap: anywhere; }
.square { display: grid; place-items: center; min-width: 2.6em; min-height: 2.6em; border-radius: 8px; }
button:hover, .list li:hover { box-shadow: inset 0 0 0 9em #8882; }
.notice { padding: .6em var(--_space); background: var(--_notice); border-bottom: 1px solid var(--_line); }
.log {
  flex: 1; min-height: 5em; overflow: auto; overscroll-behavior: contain; padding: var(--_space);
  display: flex; flex-direction: column; gap: var(--_space); scroll-behavior: smooth;
}
.log:focus-visible { outline-offset: -3px; }
.message { max-width: 100%; overflow-wrap: anywhere; }
:is(.message, .card, .body, .comment, .side) > * + * { margin-top: .6em; }
.you { align-self: flex-end; max-width: 85%; padding: .55em .9em; border-radius: var(--_radius); }
.card { padding: .9em var(--_space); background: var(--_raised); border: 1px solid var(--_line); border-radius: var(--_radius); }
:is(.body, .side) :is(ul, ol) { padding-inline-start: 1.3em; }
li + li { margin-top: .4em; }
table { display: block; overflow-x: auto; }
th, td { border: 1px solid var(--_line); padding: .3em .5em; text-align: start; }
pre { overflow-x: auto; }
mark { background: var(--_mark); border-radius: 3px; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9em, 100%), 1fr)); gap: .6em; }
.side { padding: .7em; background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_inner); }
h4 { color: var(--_accent); }
.meta, .label, .tools, .thinking { color: var(--_muted); }
.meta, .label, .tools, .notice { font-size: .9em; }
.meta, .tools, .thinking { display: flex; flex-wrap: wrap; align-items: center; gap: .2em 1em; }
.choices { list-style: none; margin-top: .4em; }
.choice, .action {
  padding: .5em .85em; min-height: 2.5em; color: var(--_accent); text-align: start;
  border: 1px solid var(--_edge); border-radius: var(--_inner);
}
.choice { width: 100%; background: var(--_surface); }
.tools { gap: .15em; }
.no { transform: rotate(180deg); }
.rate { margin-inline-start: auto; padding-inline-end: .3em; }
[aria-pressed=true] { color: var(--_accent); background: var(--_raised); }
.dot { width: .5em; height: .5em; border-radius: 50%; background: currentColor; animation: pulse 1s infinite alternate; }
textarea { display: block; width: 100%; font-size: max(16px, 1em); }
.bar { position: relative; display: flex; gap: .4em; padding: .6em; border-top: 1px solid var(--_line); }
.input, textarea {
  flex: 1; min-width: 0; padding: .55em .8em; color: var(--_text); background: var(--_surface);
  border: 1px solid var(--_edge); border-radius: var(--_inner);
}
.input:focus-visible, textarea:focus-visible { outline-offset: -1px; border-radius: var(--_inner); }
::placeholder { color: var(--_muted); opacity: 1; }
.send { display: grid; place-items: center; min-width: 2.9em; border-radius: var(--_inner); }
.send:dir(rtl) svg { transform: scaleX(-1); }
.list {
  position: absolute; inset: auto .6em 100%; max-height: 16em; overflow: auto; padding: .3em; list-style: none;
  background: var(--_surface); border: 1px solid var(--_edge); border-radius: var(--_inner); box-shadow: 0 -4px 20px #0003;
}
.list li { margin: 0; padding: .5em .7em; border-radius: 8px; cursor: pointer; overflow-wrap: anywhere; }
.list [aria-selected=true] { color: var(--_on-accent); background: var(--_accent); }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes pulse { from { opacity: .25; } }
@media print { :host(:not([position=inline])) { display: none; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; scroll-behavior: auto !important; } }
@media (prefers-contrast: more) { :host { --_muted: var(--_text); --_line: var(--_text); --_edge: var(--_text); } }
@media (forced-colors: active) {
  .launcher, .send, .you { border-color: ButtonText; }
  .list [aria-selected=true], [aria-pressed=true] { forced-color-adjust: none; color: HighlightText; background: Highlight; }
  :focus-visible, header :focus-visible { outline-color: Highlight; }
}
`;let o;function styleSheet(){return o||(o=new CSSStyleSheet,o.replaceSync(S)),o}const f="(max-width: 30em), (max-height: 26em)",T=4,r=/^(https?:.*?\/)widget(\/[^/]+\/widget)?\.js/.exec(import.meta.url)?.[1];class i extends(globalThis.HTMLElement??Object){static observedAttributes=t;static messages=s;static version=a;#n=null;#t=null;#o=null;#i=null;#a=!1;#e={emit:(e,t,n)=>this.dispatchEvent(new CustomEvent(`careers-faq:${e}`,{bubbles:!0,composed:!0,cancelable:n,detail:t})),announce:e=>this.#m(e),store:e=>this.hasAttribute("persist")&&store(this.#f,e)};connectedCallback(){if(this.#n)return;this.#n=new AbortController;const{signal:e}=this.#n;this.#e.signal=e;for(const e of Object.keys(this)){const t=this[e];delete this[e],this[e]=t}checkNames(this),matchMedia(f).addEventListener("change",()=>this.#y(),{signal:e}),document.addEventListener("keydown",e=>this.#v(e),{signal:e}),this.#h(),queueMicrotask(()=>e.aborted||this.#e.emit("ready",{version:a}))}disconnectedCallback(){if(this.isConnected)return;this.#t.stop(),this.#n.abort(),this.#n=null,this.#a=!1}attributeChangedCallback(e,t,n){if(!this.#n||t===n)return;e==="open"?this.#d():e==="endpoint"?this.#h():e==="scheme"?choice(this,e):this.#l()}open(){(navigator.userActivation?.isActive??!0)&&(this.#i=document.activeElement),this.setAttribute("open","")}close(){this.removeAttribute("open")}ask(e){return this.open(),this.#t?.ask(e)}clear(){this.#t?.clear(),this.#e.store(),this.#n&&this.#l()}get suggestions(){return starters(this)??[]}set suggestions(e){this.setAttribute("suggestions",Array.isArray(e)?JSON.stringify(e):e)}get#s(){return this.#e.position==="inline"}get#r(){return!this.#s&&matchMedia(f).matches}#h(){const e=this.#t?.state??(this.hasAttribute("persist")&&stored(this.#f));this.#t?.stop();const t=(address(this,"endpoint")??r??document.baseURI).replace(/\/*$/,"/");this.#e.client=new z(t,this.#n.signal),this.#t=new _(this.#e,e),this.#l()}#l(){const e=this.#e,t=this.shadowRoot??this.attachShadow({mode:"open"});t.adoptedStyleSheets=[styleSheet()],e.position=choice(this,"position"),choice(this,"scheme"),e.page={t:messagesFor(this.closest("[lang]")?.lang??""),lang:this.getAttribute("content-lang")??"en",base:e.client.base,contact:address(this,"contact-url"),saved:address(this,"answers-url")},globalThis.careersFaqSites?.[e.page.base]?.(e.page,t),this.#b(e.page),t.replaceChildren(h("div",{class:e.position.replace("bottom-","")},!this.#s&&e.launcher,e.panel)),this.#u(),this.#a?this.#c():this.#r&&this.close(),this.#d()}#b({t:e,lang:t}){const n=this.#e,s=this.getAttribute("heading")||e.heading,i=e=>this.#t.ask(e),o=(t,n,s)=>h("button",{type:"button",class:"square","aria-label":e[t],title:e[t],onclick:s},icon(n));n.box=new w(e.label,t,i,t=>this.#m(fill(e.options,t)),n),n.launcher=h("button",{class:"launcher",part:"launcher",type:"button","aria-haspopup":"dialog","aria-expanded":"false",onclick:()=>this.open()},icon("M4 5h16v11H9l-5 4zM8 9h8M8 12h5"),s),n.log=h("div",{class:"log",part:"log",role:"log","aria-live":"off","aria-labelledby":"heading",tabindex:"0"}),n.notice=h("p",{class:"notice",part:"notice",hidden:!0}),n.live=h("div",{class:"sr",role:"status"}),n.panel=h("dialog",{class:"panel",part:"panel",tabindex:"-1","aria-labelledby":"heading",role:this.#s&&"region",oncancel:e=>{e.preventDefault(),this.close()}},h("header",{part:"header"},h("h2",{id:"heading",dir:"auto"},s),o("clear","M4 12a8 8 0 1 0 3-6L4 8M4 3v5h5",()=>{this.clear(),n.box.input.focus()}),!this.#s&&o("close","M6 6l12 12M18 6L6 18",()=>this.close())),n.notice,n.log,h("form",{class:"bar",onsubmit:e=>this.#g(e)},n.box.list,n.box.input,h("button",{class:"send",part:"send","aria-label":e.send,title:e.send},icon("M4 12l16-8-6 16-3-6z"))),n.live)}#u(){const{log:n,page:e}=this.#e,s=this.getAttribute("greeting")||e.t.greeting,t=starters(this),o=(t??this.#o??[]).map(e=>({question:e})),i=e=>this.#t.ask(e);n.replaceChildren(greetingView(e.t,s,o,i,t?null:e.lang)),this.#t.replay()}async#p(){if(this.#o||starters(this))return;this.#o=[];const{client:t,signal:e}=this.#e;try{this.#o=(await t.questions(e)).slice(0,T).map(e=>e.question),!e.aborted&&!this.#t.turns.length&&this.#u()}catch{this.#o=null}}#g(e){e.preventDefault();const{box:t}=this.#e,n=t.input.value;t.close(),t.input.value="",this.#t.ask(n)}#v(e){if(e.key!=="Escape"||e.isComposing||e.defaultPrevented||this.#s||!this.#e.panel.open)return;e.composedPath().includes(this)&&e.preventDefault(),this.close()}#d(){const{panel:t,box:n,emit:s}=this.#e,e=this.#s||this.hasAttribute("open");if(e===this.#a)return;if(this.#a=e,!e)return this.#j();if(this.#c(),this.#i&&(matchMedia("(pointer: coarse)").matches?t:n.input).focus(),this.#s)return;this.#p(),s("open",{})}#c(){const{panel:e,launcher:t}=this.#e;t.hidden=!0,this.#r?e.showModal():e.open=!0}#j(){const{panel:e,launcher:t,box:n,emit:s}=this.#e,o=e.contains(this.shadowRoot.activeElement);n.close(),e.close(),t.hidden=!1,o&&(t.focus(),this.#i?.focus()),this.#i=null,s("close",{})}#y(){const{panel:e}=this.#e;if(!e.open||e.matches(":modal")===this.#r)return;const t=this.shadowRoot.activeElement;e.close(),this.#c(),t?.focus()}#m(e){const{live:t}=this.#e;t.textContent="",setTimeout(()=>{t.textContent=e},80)}get#f(){return`careers-faq ${this.id} ${this.getAttribute("endpoint")??r}`}}for(const e of t){const n=e.replace(/-(.)/g,(e,t)=>t.toUpperCase());if(n in i.prototype)continue;Object.defineProperty(i.prototype,n,{get(){return this.getAttribute(e)??""},set(t){t==null||t===!1?this.removeAttribute(e):this.setAttribute(e,t===!0?"":t)}})}globalThis.customElements&&!customElements.get("careers-faq")&&customElements.define("careers-faq",i)}
