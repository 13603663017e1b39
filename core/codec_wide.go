package core

import (
	"encoding/binary"
	"unicode/utf16"
)

// order is a byte order as a decoder's state: 0 is the machine's, which is what Python takes where no mark says otherwise.
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

// written is the order to write in.
func (o order) written() order {
	if o == orderUnknown {
		return orderNative
	}
	return o
}

// decideOrder reads the byte order mark, 0xFEFF in as many bytes as a number of the encoding has. Without one Python
// gives up: the other half of the files would be read as nonsense.
func decideOrder(src []byte, width int, number func(order) uint32, final bool) unit {
	if len(src) < width {
		return partial(src, final)
	}
	for _, o := range [...]order{orderNative, orderSwapped} {
		if number(o) == 0xFEFF {
			return unit{kind: unitMark, size: width, state: uint8(o)}
		}
	}
	return unit{kind: unitFatal, size: width, state: uint8(orderUnknown)}
}

// orderTraits are those of an encoding in the given order; orderUnknown: one with a mark.
func orderTraits(fixed order, mark string) traits {
	if fixed == orderUnknown {
		return traits{start: uint8(orderUnknown), mark: mark}
	}
	return traits{}
}

// utf16Codec is UTF-16.
type utf16Codec struct{ fixed order }

func (c utf16Codec) traits() traits {
	return orderTraits(c.fixed, string(orderNative.append16(nil, 0xFEFF)))
}

func (c utf16Codec) decode(state uint8, src []byte, final bool) unit {
	o := order(state)
	if c.fixed != orderUnknown {
		o = c.fixed
	} else if o == orderUnknown {
		return decideOrder(src, 2, func(o order) uint32 { return o.uint16(src) }, final)
	}
	u := utf16Unit(o, src, final)
	u.state = state
	return u
}

func utf16Unit(o order, src []byte, final bool) unit {
	if len(src) < 2 {
		return partial(src, final)
	}
	r := rune(o.uint16(src))
	switch {
	case !utf16.IsSurrogate(r):
		return character(r, 2)
	case r >= 0xDC00: // the second half first
		return bad(2)
	case len(src) < 4:
		return partial(src, final)
	}
	if r = utf16.DecodeRune(r, rune(o.uint16(src[2:]))); r == 0xFFFD {
		return bad(2)
	}
	return character(r, 4)
}

func (c utf16Codec) encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	o := c.fixed.written()
	if r >= 0x10000 {
		var low rune
		r, low = utf16.EncodeRune(r)
		return o.append16(o.append16(to, uint16(r)), uint16(low)), 0, true
	}
	return o.append16(to, uint16(r)), 0, true
}

// utf32Codec is UTF-32.
type utf32Codec struct{ fixed order }

func (c utf32Codec) traits() traits {
	return orderTraits(c.fixed, string(orderNative.append32(nil, 0xFEFF)))
}

func (c utf32Codec) decode(state uint8, src []byte, final bool) unit {
	o := order(state)
	if c.fixed != orderUnknown {
		o = c.fixed
	} else if o == orderUnknown {
		return decideOrder(src, 4, func(o order) uint32 { return o.uint32(src) }, final)
	}
	if len(src) < 4 {
		u := partial(src, final)
		u.state = state
		return u
	}
	u := character(rune(o.uint32(src)), 4)
	if u.r < 0 || u.r > 0x10FFFF || utf16.IsSurrogate(u.r) {
		u = bad(4)
	}
	u.state = state
	return u
}

func (c utf32Codec) encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	return c.fixed.written().append32(to, uint32(r)), 0, true
}
