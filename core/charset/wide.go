package charset

import (
	"encoding/binary"
	"unicode/utf16"
)

// order is a byte order as a decoder's state. 0 is the machine's, which Python takes where no mark says otherwise.
type order uint8

const (
	orderNative order = iota
	orderSwapped
	orderUnknown // until the mark has been read
	orderLittle
	orderBig
)

// big tells whether the high byte comes first.
func (o order) big() bool {
	switch o {
	case orderLittle:
		return false
	case orderBig:
		return true
	}
	return (o == orderSwapped) != (binary.NativeEndian.Uint16([]byte{0, 1}) == 1)
}

func (o order) uint16(b []byte) uint32 {
	if o.big() {
		return uint32(binary.BigEndian.Uint16(b))
	}
	return uint32(binary.LittleEndian.Uint16(b))
}

func (o order) uint32(b []byte) uint32 {
	if o.big() {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

func (o order) append16(to []byte, number uint16) []byte {
	if o.big() {
		return binary.BigEndian.AppendUint16(to, number)
	}
	return binary.LittleEndian.AppendUint16(to, number)
}

func (o order) append32(to []byte, number uint32) []byte {
	if o.big() {
		return binary.BigEndian.AppendUint32(to, number)
	}
	return binary.LittleEndian.AppendUint32(to, number)
}

// forWriting is the order that bytes are written in.
func (o order) forWriting() order {
	if o == orderUnknown {
		return orderNative
	}
	return o
}

// decideOrder reads the byte order mark, 0xFEFF in as many bytes as a number of the encoding has. Without a
// mark decoding fails, as in Python: every file of the other byte order would be read as nonsense.
func decideOrder(src []byte, width int, number func(order) uint32, final bool) Unit {
	if len(src) < width {
		return partial(src, final)
	}
	for _, o := range [...]order{orderNative, orderSwapped} {
		if number(o) == 0xFEFF {
			return Unit{Kind: Control, Size: width, State: uint8(o)}
		}
	}
	return Unit{Kind: Fatal, Size: width, State: uint8(orderUnknown)}
}

// traits are the traits of an encoding in the order. With orderUnknown its files begin with a mark.
func (o order) traits() Traits {
	if o == orderUnknown {
		return Traits{DecoderStart: uint8(orderUnknown), Complete: true}
	}
	return Traits{Complete: true}
}

// utf16Codec is UTF-16.
type utf16Codec struct{ fixed order }

func (c utf16Codec) Traits() Traits { return c.fixed.traits() }

func (c utf16Codec) Mark() string {
	if c.fixed != orderUnknown {
		return ""
	}
	return string(orderNative.append16(nil, 0xFEFF))
}

func (c utf16Codec) Decode(state uint8, src []byte, final bool) Unit {
	o := order(state)
	if c.fixed != orderUnknown {
		o = c.fixed
	} else if o == orderUnknown {
		return decideOrder(src, 2, func(o order) uint32 { return o.uint16(src) }, final)
	}
	u := decodeUTF16(o, src, final)
	u.State = state
	return u
}

func decodeUTF16(o order, src []byte, final bool) Unit {
	if len(src) < 2 {
		return partial(src, final)
	}
	r := rune(o.uint16(src))
	switch {
	case !utf16.IsSurrogate(r):
		return character(r, 2)
	case r >= 0xDC00: // the second half of a pair without the first
		return bad(2)
	case len(src) < 4:
		return partial(src, final)
	}
	if r = utf16.DecodeRune(r, rune(o.uint16(src[2:]))); r == 0xFFFD {
		return bad(2)
	}
	return character(r, 4)
}

func (c utf16Codec) Encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	o := c.fixed.forWriting()
	if r >= 0x10000 {
		var low rune
		r, low = utf16.EncodeRune(r)
		return o.append16(o.append16(to, uint16(r)), uint16(low)), 0, true
	}
	return o.append16(to, uint16(r)), 0, true
}

// utf32Codec is UTF-32.
type utf32Codec struct{ fixed order }

func (c utf32Codec) Traits() Traits { return c.fixed.traits() }

func (c utf32Codec) Mark() string {
	if c.fixed != orderUnknown {
		return ""
	}
	return string(orderNative.append32(nil, 0xFEFF))
}

func (c utf32Codec) Decode(state uint8, src []byte, final bool) Unit {
	o := order(state)
	if c.fixed != orderUnknown {
		o = c.fixed
	} else if o == orderUnknown {
		return decideOrder(src, 4, func(o order) uint32 { return o.uint32(src) }, final)
	}
	if len(src) < 4 {
		u := partial(src, final)
		u.State = state
		return u
	}
	u := character(rune(o.uint32(src)), 4)
	if u.Rune < 0 || u.Rune > 0x10FFFF || utf16.IsSurrogate(u.Rune) {
		u = bad(4)
	}
	u.State = state
	return u
}

func (c utf32Codec) Encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	return c.fixed.forWriting().append32(to, uint32(r)), 0, true
}
