/* SPDX-License-Identifier: Apache-2.0 */
/* WebP, scaled while it is decoded; of an animation, its first frame: the one door to libwebp. */
#include <errno.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include <licensefs/likeness.h>

#include "fs/likeness/canvas.h"

#define FILE_MAX (64u << 20)
/* Lossless pictures, and alpha, stand in memory whole, at four bytes. */
#define WHOLE_PIXELS_MAX (LIC_DECODER_MEMORY / 4)
/* The shorter side of what it is scaled to: the canvas does the rest. */
#define SIDE_MAX (2 * LIC_CANVAS_SIDE)

/* A picture in the file, and the place that it has in the whole. */
struct frame {
	const uint8_t *p;
	size_t n;
	uint32_t w, h; /* of the whole */
	uint32_t x, y;
};

static void release_demuxer(WebPDemuxer **d)
{
	WebPDemuxDelete(*d);
}

static int failed(VP8StatusCode code, struct lic_error *err)
{
	if (code == VP8_STATUS_OUT_OF_MEMORY)
		return lic_error_set(err, ENOMEM, "out of memory");
	return lic_error_set(err, EBADMSG, "a WebP that cannot be decoded");
}

static int check_size(const WebPBitstreamFeatures *f, struct lic_error *err)
{
	bool is_whole = f->has_alpha || f->format == 2;

	if (is_whole && (uint64_t)f->width * (uint64_t)f->height > WHOLE_PIXELS_MAX)
		return lic_error_set(err, EFBIG, "a WebP too large to be held in memory");
	return 0;
}

/* Scales both sides alike: the middle of a picture is found by its shape. */
static void choose_size(WebPDecoderConfig *config)
{
	int64_t w = config->input.width, h = config->input.height, least = w < h ? w : h;

	if (least <= (int64_t)SIDE_MAX)
		return;
	config->options.use_scaling = 1;
	config->options.scaled_width = (int)((w * (int64_t)SIDE_MAX + least / 2) / least);
	config->options.scaled_height = (int)((h * (int64_t)SIDE_MAX + least / 2) / least);
}

/* Puts the frame where it belongs, over white. */
static int put(const struct frame *f, const WebPBitstreamFeatures *is, const WebPDecBuffer *out,
	       struct lic_canvas *c, struct lic_error *err)
{
	const WebPRGBABuffer *b = &out->u.RGBA;
	uint64_t w = (uint64_t)f->w * (uint64_t)out->width / (uint64_t)is->width;
	uint64_t h = (uint64_t)f->h * (uint64_t)out->height / (uint64_t)is->height;
	uint64_t x = (uint64_t)f->x * (uint64_t)out->width / (uint64_t)is->width;
	uint64_t y = (uint64_t)f->y * (uint64_t)out->height / (uint64_t)is->height;
	_cleanup_(lic_freep) uint8_t *sheet = NULL;
	int r;

	/* where a frame is far smaller than the whole, or lies without */
	if (x + (uint64_t)out->width > w || y + (uint64_t)out->height > h)
		return lic_error_set(err, EBADMSG, "a frame beyond its picture");
	sheet = lic_canvas_sheet(c, w, h);
	if (!sheet)
		return lic_error_set(err, EFBIG, "a WebP too large to be held in memory");
	for (uint64_t row = 0; row < (uint64_t)out->height; row++)
		lic_canvas_pixels(c, sheet + ((y + row) * w + x) * lic_canvas_depth(c),
				  b->rgba + (size_t)row * (size_t)b->stride, (size_t)out->width, 4);
	r = lic_canvas_begin(c, w, h, err);
	if (r == 0)
		lic_canvas_put(c, sheet);
	return r;
}

static int decode(const struct frame *f, struct lic_canvas *c, struct lic_error *err)
{
	WebPDecoderConfig config;
	VP8StatusCode code;
	int r;

	if (!WebPInitDecoderConfig(&config))
		return lic_error_set(err, EBADMSG, "libwebp is another than it was built for");
	code = WebPGetFeatures(f->p, f->n, &config.input);
	if (code != VP8_STATUS_OK)
		return failed(code, err);
	r = check_size(&config.input, err);
	if (r < 0)
		return r;
	choose_size(&config);
	config.output.colorspace = MODE_RGBA;
	code = WebPDecode(f->p, f->n, &config);
	r = code == VP8_STATUS_OK ? put(f, &config.input, &config.output, c, err)
				  : failed(code, err);
	WebPFreeDecBuffer(&config.output);
	return r;
}

int lic_decode_webp(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *file = NULL;
	_cleanup_(release_demuxer) WebPDemuxer *demuxer = NULL;
	WebPIterator it;
	int r = lic_bytes_all(in, FILE_MAX, &file, err);
	struct frame f;

	if (r < 0)
		return r;
	demuxer = WebPDemux(&(WebPData){ file, (size_t)in->size });
	if (!demuxer || !WebPDemuxGetFrame(demuxer, 1, &it))
		return lic_error_set(err, EBADMSG, "a WebP without a whole picture");
	f = (struct frame){ .p = it.fragment.bytes,
			    .n = it.fragment.size,
			    .w = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH),
			    .h = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT),
			    .x = (uint32_t)it.x_offset,
			    .y = (uint32_t)it.y_offset };
	r = decode(&f, c, err);
	WebPDemuxReleaseIterator(&it);
	return r;
}
