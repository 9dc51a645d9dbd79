//! QR codes as the product sends them: a PNG picture in a `data:` URL (`Image` of the mechanism
//! `QR`, CyberArk's OpenAPI description).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};

/// Pixels of a module's side.
const MODULE: usize = 6;
/// Modules of the quiet zone around the code (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;

/// A picture of the text; `None` when the text is too long for one.
pub fn picture(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let side = (code.width() + 2 * QUIET) * MODULE;
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| (at / MODULE).checked_sub(QUIET).filter(|at| *at < code.width());
        let module = inside(x).zip(inside(y));
        module.is_some_and(|module| code[module] == Color::Dark)
    };
    // One bit a pixel, the leftmost in the highest; a set bit is white.
    let row = |y: usize| {
        let mut bytes = vec![0xff_u8; side.div_ceil(8)];
        for x in (0..side).filter(|x| is_dark(*x, y)) {
            bytes[x / 8] &= !(0x80 >> (x % 8));
        }
        bytes
    };
    let pixels: Vec<u8> = (0..side).flat_map(row).collect();
    let png = png(u32::try_from(side).ok()?, &pixels)?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}

fn png(side: u32, pixels: &[u8]) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().ok()?.write_image_data(pixels).ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_png_of_the_code() {
        let url = picture("https://abc1234.id.cyberark.cloud/x").unwrap();
        let encoded = url.strip_prefix("data:image/png;base64,").unwrap();
        let file = STANDARD.decode(encoded).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let code =
            QrCode::with_error_correction_level("https://abc1234.id.cyberark.cloud/x", EcLevel::L)
                .unwrap();
        assert_eq!(info.width as usize, (code.width() + 2 * QUIET) * MODULE);
        let is_white =
            |x: usize, y: usize| pixels[y * info.line_size + x / 8] << (x % 8) & 0x80 != 0;
        for y in 0..code.width() {
            for x in 0..code.width() {
                let at = |module: usize| (module + QUIET) * MODULE + MODULE / 2;
                assert_eq!(is_white(at(x), at(y)), code[(x, y)] == Color::Light, "{x} {y}");
            }
        }
        assert!(is_white(0, 0));
    }

    #[test]
    fn a_text_too_long_has_no_picture() {
        assert_eq!(picture(&"x".repeat(5000)), None);
    }
}
