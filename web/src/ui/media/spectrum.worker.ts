/** Works out spectrograms beside the page, which stays fluid meanwhile. */

import { spectrogram, type SpectrumAsked } from './spectrum'

self.onmessage = (event: MessageEvent<SpectrumAsked>) => {
  const found = spectrogram(event.data)
  self.postMessage(found, { transfer: [found.buffer] })
}
