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

// bytes gives the order that a number stands for.
func (o order) bytes() interface {
	binary.ByteOrder
	binary.AppendByteOrder
} {
	nativeIsBig := binary.NativeEndian.Uint16([]byte{0, 1}) == 1
	if o == orderBig || (o == orderSwapped) != nativeIsBig && o != orderLittle {
		return binary.BigEndian
	}
	return binary.LittleEndian
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
	return orderTraits(c.fixed, string(orderNative.bytes().AppendUint16(nil, 0xFEFF)))
}

func (c utf16Codec) decode(state uint8, src []byte, final bool) unit {
	o := order(state)
	if c.fixed != orderUnknown {
		o = c.fixed
	} else if o == orderUnknown {
		return decideOrder(src, 2, func(o order) uint32 { return uint32(o.bytes().Uint16(src)) }, final)
	}
	u := utf16Unit(o, src, final)
	u.state = state
	return u
}

func utf16Unit(o order, src []byte, final bool) unit {
	if len(src) < 2 {
		return partial(src, final)
	}
	r := rune(o.bytes().Uint16(src))
	switch {
	case !utf16.IsSurrogate(r):
		return character(r, 2)
	case r >= 0xDC00: // the second half first
		return bad(2)
	case len(src) < 4:
		return partial(src, final)
	}
	if r = utf16.DecodeRune(r, rune(o.bytes().Uint16(src[2:]))); r == 0xFFFD {
		return bad(2)
	}
	return character(r, 4)
}

func (c utf16Codec) encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	o := c.fixed
	if o == orderUnknown {
		o = orderNative
	}
	if r >= 0x10000 {
		var low rune
		r, low = utf16.EncodeRune(r)
		return o.bytes().AppendUint16(o.bytes().AppendUint16(to, uint16(r)), uint16(low)), 0, true
	}
	return o.bytes().AppendUint16(to, uint16(r)), 0, true
}

// utf32Codec is UTF-32.
type utf32Codec struct{ fixed order }

func (c utf32Codec) traits() traits {
	return orderTraits(c.fixed, string(orderNative.bytes().AppendUint32(nil, 0xFEFF)))
}

func (c utf32Codec) decode(state uint8, src []byte, final bool) unit {
	o := order(state)
	if c.fixed != orderUnknown {
		o = c.fixed
	} else if o == orderUnknown {
		return decideOrder(src, 4, func(o order) uint32 { return o.bytes().Uint32(src) }, final)
	}
	if len(src) < 4 {
		u := partial(src, final)
		u.state = state
		return u
	}
	u := character(rune(o.bytes().Uint32(src)), 4)
	if u.r < 0 || u.r > 0x10FFFF || utf16.IsSurrogate(u.r) {
		u = bad(4)
	}
	u.state = state
	return u
}

func (c utf32Codec) encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	o := c.fixed
	if o == orderUnknown {
		o = orderNative
	}
	return o.bytes().AppendUint32(to, uint32(r)), 0, true
}
