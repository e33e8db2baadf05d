import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
const value = new XMLParser({ ignoreAttributes: false }).parse('<a x="1"><b>2</b><b>three</b><c/><![CDATA[raw <]]></a>');
console.log(JSON.stringify(value), new XMLBuilder({ ignoreAttributes: false }).build(value), XMLValidator.validate('<a><b></a>').err);
