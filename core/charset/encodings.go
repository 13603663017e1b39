package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// named is a codec with its names in Python.
type named struct {
	name    string
	aliases string // as in Python's encodings.aliases, with a space between two
	codec   Codec
}

// encodings are all encodings. An object keeps the index of one, which is the same in every process with this build of the
// library.
//
// Of Python's text encodings these are missing: those without a table in x/text (cp720, cp737, cp775, cp857,
// cp861, cp864, cp869, mac_greek, hp_roman8, johab, the JIS X 0213 and Hong Kong families and so on), utf_7, hz and the
// other variants of ISO 2022. x/text's htmlindex does not serve to find one: it takes latin-1 and ascii for windows-1252.
var encodings = [...]named{
	{"utf_8", "cp65001 u8 utf utf8 utf8_ucs2 utf8_ucs4", utf8Codec{}},
	{"utf_8_sig", "", utf8SigCodec{}},
	{"ascii", "646 ansi_x3.4_1968 ansi_x3.4_1986 ansi_x3_4_1968 cp367 csascii ibm367 iso646_us iso_646.irv_1991" +
		" iso_ir_6 us us_ascii",
		asciiCodec{}},
	{"utf_16", "u16 utf16", utf16Codec{orderUnknown}},
	{"utf_16_le", "unicodelittleunmarked utf_16le", utf16Codec{orderLittle}},
	{"utf_16_be", "unicodebigunmarked utf_16be", utf16Codec{orderBig}},
	{"utf_32", "u32 utf32", utf32Codec{orderUnknown}},
	{"utf_32_le", "utf_32le", utf32Codec{orderLittle}},
	{"utf_32_be", "utf_32be", utf32Codec{orderBig}},

	{"latin_1", "8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 l1 latin latin1",
		&singleCodec{table: &charmap.ISO8859_1, c1: true}},
	{"iso8859_2", "csisolatin2 iso_8859_2 iso_8859_2_1987 iso_ir_101 l2 latin2",
		&singleCodec{table: &charmap.ISO8859_2, c1: true}},
	{"iso8859_3", "csisolatin3 iso_8859_3 iso_8859_3_1988 iso_ir_109 l3 latin3",
		&singleCodec{table: &charmap.ISO8859_3, c1: true}},
	{"iso8859_4", "csisolatin4 iso_8859_4 iso_8859_4_1988 iso_ir_110 l4 latin4",
		&singleCodec{table: &charmap.ISO8859_4, c1: true}},
	{"iso8859_5", "csisolatincyrillic cyrillic iso_8859_5 iso_8859_5_1988 iso_ir_144",
		&singleCodec{table: &charmap.ISO8859_5, c1: true}},
	{"iso8859_6", "arabic asmo_708 csisolatinarabic ecma_114 iso_8859_6 iso_8859_6_1987 iso_ir_127",
		&singleCodec{table: &charmap.ISO8859_6, c1: true}},
	{"iso8859_7", "csisolatingreek ecma_118 elot_928 greek greek8 iso_8859_7 iso_8859_7_1987 iso_ir_126",
		&singleCodec{table: &charmap.ISO8859_7, c1: true}},
	{"iso8859_8", "csisolatinhebrew hebrew iso_8859_8 iso_8859_8_1988 iso_ir_138",
		&singleCodec{table: &charmap.ISO8859_8, c1: true}},
	{"iso8859_9", "csisolatin5 iso_8859_9 iso_8859_9_1989 iso_ir_148 l5 latin5",
		&singleCodec{table: &charmap.ISO8859_9, c1: true}},
	{"iso8859_10", "csisolatin6 iso_8859_10 iso_8859_10_1992 iso_ir_157 l6 latin6",
		&singleCodec{table: &charmap.ISO8859_10, c1: true}},
	{"iso8859_11", "iso_8859_11 iso_8859_11_2001 thai", &singleCodec{table: &charmap.Windows874, c1: true}},
	{"iso8859_13", "iso_8859_13 l7 latin7", &singleCodec{table: &charmap.ISO8859_13, c1: true}},
	{"iso8859_14", "iso_8859_14 iso_8859_14_1998 iso_celtic iso_ir_199 l8 latin8",
		&singleCodec{table: &charmap.ISO8859_14, c1: true}},
	{"iso8859_15", "iso_8859_15 l9 latin9", &singleCodec{table: &charmap.ISO8859_15, c1: true}},
	{"iso8859_16", "iso_8859_16 iso_8859_16_2001 iso_ir_226 l10 latin10",
		&singleCodec{table: &charmap.ISO8859_16, c1: true}},
	{"tis_620", "iso_ir_166 tis620 tis_620_0 tis_620_2529_0 tis_620_2529_1",
		&singleCodec{table: &charmap.Windows874, c1: true, undefined: []span{{0xA0, 0xA0}}}},
	{"koi8_r", "cskoi8r", &singleCodec{table: &charmap.KOI8R}},
	// x/text has two letters of Belarusian, which are KOI8-RU's.
	{"koi8_u", "", &singleCodec{table: &charmap.KOI8U, overrides: []run{{0xAE, 0x255D, 1}, {0xBE, 0x256C, 1}}}},
	{"mac_roman", "macintosh macroman", &singleCodec{table: &charmap.Macintosh}},
	{"mac_cyrillic", "maccyrillic", &singleCodec{table: &charmap.MacintoshCyrillic}},

	{"cp1250", "1250 windows_1250", &singleCodec{table: &charmap.Windows1250}},
	{"cp1251", "1251 windows_1251", &singleCodec{table: &charmap.Windows1251}},
	{"cp1252", "1252 windows_1252", &singleCodec{table: &charmap.Windows1252}},
	{"cp1253", "1253 windows_1253", &singleCodec{table: &charmap.Windows1253}},
	{"cp1254", "1254 windows_1254", &singleCodec{table: &charmap.Windows1254}},
	// Python's table is older than U+05BA.
	{"cp1255", "1255 windows_1255",
		&singleCodec{table: &charmap.Windows1255, undefined: []span{{0xCA, 0xCA}}}},
	{"cp1256", "1256 windows_1256", &singleCodec{table: &charmap.Windows1256}},
	{"cp1257", "1257 windows_1257", &singleCodec{table: &charmap.Windows1257}},
	{"cp1258", "1258 windows_1258", &singleCodec{table: &charmap.Windows1258}},
	{"cp874", "", &singleCodec{table: &charmap.Windows874}},
	{"cp437", "437 cspc8codepage437 ibm437", &singleCodec{table: &charmap.CodePage437}},
	{"cp850", "850 cspc850multilingual ibm850", &singleCodec{table: &charmap.CodePage850}},
	{"cp852", "852 cspcp852 ibm852", &singleCodec{table: &charmap.CodePage852}},
	{"cp855", "855 csibm855 ibm855", &singleCodec{table: &charmap.CodePage855}},
	{"cp858", "858 csibm858 ibm858", &singleCodec{table: &charmap.CodePage858}},
	{"cp860", "860 csibm860 ibm860", &singleCodec{table: &charmap.CodePage860}},
	{"cp862", "862 cspc862latinhebrew ibm862", &singleCodec{table: &charmap.CodePage862}},
	{"cp863", "863 csibm863 ibm863", &singleCodec{table: &charmap.CodePage863}},
	{"cp865", "865 csibm865 ibm865", &singleCodec{table: &charmap.CodePage865}},
	{"cp866", "866 csibm866 ibm866", &singleCodec{table: &charmap.CodePage866}},
	{"cp037", "037 csibm037 ebcdic_cp_ca ebcdic_cp_nl ebcdic_cp_us ebcdic_cp_wt ibm037 ibm039",
		&singleCodec{table: &charmap.CodePage037, ebcdic: true}},
	{"cp1140", "1140 ibm1140", &singleCodec{table: &charmap.CodePage1140, ebcdic: true}},

	{"shift_jis", "csshiftjis s_jis shiftjis sjis x_mac_japanese",
		&doubleCodec{encoding: &japanese.ShiftJIS, single: shiftJISSingle, length: twoBytes, overrides: shiftJISOverrides,
			encodeOnly: shiftJISEncodeOnly, undefined: shiftJISUndefined}},
	{"cp932", "932 ms932 ms_kanji mskanji windows_31j",
		&doubleCodec{encoding: &japanese.ShiftJIS, single: cp932Single, length: twoBytes, overrides: cp932Overrides,
			encodeOnly: cp932EncodeOnly}},
	{"euc_jp", "eucjp u_jis ujis", &eucJP},
	{"iso2022_jp", "csiso2022jp iso2022jp iso_2022_jp", iso2022Codec{kanji: &eucJP}},
	{"euc_kr", "euckr korean ks_c_5601 ks_c_5601_1987 ks_x_1001 ksc5601 ksx1001 x_mac_korean",
		&doubleCodec{encoding: &korean.EUCKR, single: neverSingle, length: eucKRLength,
			encodeOnly: eucKREncodeOnly, undefined: eucKRUndefined, compose: true}},
	{"cp949", "949 ms949 uhc", &doubleCodec{encoding: &korean.EUCKR, single: neverSingle, length: twoBytes}},
	{"gb2312", "chinese csiso58gb231280 euc_cn euccn eucgb2312_cn gb2312_1980 gb2312_80 iso_ir_58 x_mac_simp_chinese",
		&doubleCodec{encoding: &simplifiedchinese.GBK, single: neverSingle, length: twoBytes, overrides: gb2312Overrides,
			undefined: gb2312Undefined}},
	{"gbk", "936 cp936 ms936",
		&doubleCodec{encoding: &simplifiedchinese.GBK, single: neverSingle, length: twoBytes, undefined: gbkUndefined}},
	{"gb18030", "gb18030_2000",
		&doubleCodec{encoding: &simplifiedchinese.GB18030, single: neverSingle, length: gb18030Length,
			overrides: gb18030Overrides, undefined: gb18030Undefined}},
	{"big5", "big5_tw csbig5 x_mac_trad_chinese",
		&doubleCodec{encoding: &traditionalchinese.Big5, single: neverSingle, length: twoBytes, overrides: big5Overrides,
			encodeOnly: big5EncodeOnly, undefined: big5Undefined}},
	{"cp950", "950 ms950",
		&doubleCodec{encoding: &traditionalchinese.Big5, single: neverSingle, length: twoBytes, overrides: cp950Overrides,
			encodeOnly: cp950EncodeOnly, undefined: cp950Undefined}},
}

var eucJP = doubleCodec{encoding: &japanese.EUCJP, single: neverSingle, length: eucJPLength,
	overrides: eucJPOverrides, encodeOnly: eucJPEncodeOnly, undefined: eucJPUndefined}

// UTF8 is the index of UTF-8 without a mark, in which valid text is the same on both sides.
const UTF8 = 0

// Count is the number of encodings. Their indexes are 0 to Count-1.
const Count = len(encodings)

// At gives the codec of the encoding with the index.
func At(index uint16) Codec { return encodings[index].codec }

// Name gives Python's name of the encoding with the index.
func Name(index uint16) string { return encodings[index].name }

// Find gives the index of the encoding with one of Python's names, in any spelling that Python accepts.
func Find(name string) (index uint16, known bool) {
	name = normalize(name)
	dotless := strings.ReplaceAll(name, ".", "_") // Python looks up aliases without dots too
	for i := range encodings {
		if encodings[i].name == name {
			return uint16(i), true
		}
		for rest := encodings[i].aliases; rest != ""; {
			var alias string
			if alias, rest, _ = strings.Cut(rest, " "); alias == name || alias == dotless {
				return uint16(i), true
			}
		}
	}
	return 0, false
}

// normalize is Python's encodings.normalize_encoding after lower-casing: whatever lies between letters, digits and
// dots is one underscore.
func normalize(name string) string {
	var normal strings.Builder
	gap := false
	for _, letter := range strings.ToLower(name) {
		switch {
		case letter >= 'a' && letter <= 'z', letter >= '0' && letter <= '9', letter == '.':
			if gap && normal.Len() > 0 {
				normal.WriteByte('_')
			}
			normal.WriteRune(letter)
			gap = false
		case letter >= utf8.RuneSelf: // no codec's name has one
			return ""
		default:
			gap = true
		}
	}
	return normal.String()
}
