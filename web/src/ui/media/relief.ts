/** A depth map as a surface in space. Loads three.js: import it only when a relief is looked at. */

import {
  AmbientLight,
  BufferAttribute,
  CanvasTexture,
  Color,
  DirectionalLight,
  DoubleSide,
  Mesh,
  MeshStandardMaterial,
  PerspectiveCamera,
  PlaneGeometry,
  Scene,
  SRGBColorSpace,
  WebGLRenderer,
} from 'three'
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js'

// A grid of 256 by 256 shows every hill and is turned fluidly by the graphics of a small laptop.
const MOST_POINTS = 256
const MOST_TEXELS = 1024
const SMOOTHINGS = 2

export interface ReliefColours {
  readonly background: string
  readonly surface: string
}

export class Relief {
  private readonly renderer: WebGLRenderer
  private readonly scene = new Scene()
  private readonly camera = new PerspectiveCamera(40, 1, 0.01, 20)
  private readonly controls: OrbitControls
  private readonly surface: Mesh<PlaneGeometry, MeshStandardMaterial>
  private due = 0

  /** Throws where the browser has no WebGL. */
  constructor(canvas: HTMLCanvasElement, depth: HTMLImageElement, colour: HTMLImageElement | null) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true })
    this.surface = surfaceOf(depth, colour)
    const light = new DirectionalLight(0xffffff, 2.2)
    light.position.set(-1, 1.5, 2)
    this.scene.add(this.surface, light, new AmbientLight(0xffffff, 0.9))
    this.camera.position.set(0, -0.68, 1.14)
    this.controls = new OrbitControls(this.camera, canvas)
    this.controls.enablePan = false
    this.controls.minDistance = 0.4
    this.controls.maxDistance = 5
    this.controls.addEventListener('change', () => this.draw())
    this.controls.update()
  }

  paint(colours: ReliefColours): void {
    this.scene.background = new Color(colours.background)
    if (this.surface.material.map === null) this.surface.material.color = new Color(colours.surface)
    this.draw()
  }

  resize(width: number, height: number): void {
    this.renderer.setPixelRatio(Math.min(2, window.devicePixelRatio))
    this.renderer.setSize(width, height, false)
    this.camera.aspect = width / Math.max(1, height)
    this.camera.updateProjectionMatrix()
    this.draw()
  }

  /** How far the near stands out, in widths of the picture. */
  set height(height: number) {
    this.surface.scale.z = height
    this.draw()
  }

  /** Turns around the middle, in radians. */
  turn(across: number, up: number): void {
    const { position } = this.camera
    const distance = position.length()
    const angle = Math.atan2(position.x, position.z) + across
    const rise = Math.max(-1.45, Math.min(1.45, Math.asin(position.y / distance) + up))
    const flat = Math.cos(rise) * distance
    position.set(Math.sin(angle) * flat, Math.sin(rise) * distance, Math.cos(angle) * flat)
    this.controls.update()
    this.draw()
  }

  come(factor: number): void {
    this.camera.position
      .multiplyScalar(factor)
      .clampLength(this.controls.minDistance, this.controls.maxDistance)
    this.controls.update()
    this.draw()
  }

  leave(): void {
    cancelAnimationFrame(this.due)
    this.controls.dispose()
    this.surface.geometry.dispose()
    this.surface.material.map?.dispose()
    this.surface.material.dispose()
    this.renderer.dispose()
    // Browsers give out some sixteen contexts: it is handed back at once.
    this.renderer.forceContextLoss()
  }

  /** Nothing moves by itself: frames are drawn only after a change. */
  private draw(): void {
    cancelAnimationFrame(this.due)
    this.due = requestAnimationFrame(() => this.renderer.render(this.scene, this.camera))
  }
}

function surfaceOf(
  depth: HTMLImageElement,
  colour: HTMLImageElement | null,
): Mesh<PlaneGeometry, MeshStandardMaterial> {
  const { width, height, data } = pixels(depth, MOST_POINTS)
  const long = Math.max(width, height)
  const geometry = new PlaneGeometry(width / long, height / long, width - 1, height - 1)
  const places = geometry.getAttribute('position') as BufferAttribute
  // The green channel: maps are grey. 1 is near, as Patchbay's depths are.
  let heights: Float32Array = Float32Array.from(
    { length: width * height },
    (_, at) => (data[at * 4 + 1] ?? 0) / 255,
  )
  for (let pass = 0; pass < SMOOTHINGS; pass++) heights = smoothed(heights, width, height)
  heights.forEach((near, index) => places.setZ(index, near - 0.5))
  geometry.computeVertexNormals()
  const material = new MeshStandardMaterial({ side: DoubleSide, roughness: 0.9 })
  if (colour) {
    const texture = new CanvasTexture(drawn(colour, MOST_TEXELS))
    texture.colorSpace = SRGBColorSpace
    material.map = texture
  }
  return new Mesh(geometry, material)
}

/** Each height as the mean of those around it: the 256 steps of a map would be seen as terraces. */
export function smoothed(heights: Float32Array, width: number, height: number): Float32Array {
  const found = new Float32Array(heights.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [sum, count] = [0, 0]
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          sum += heights[row * width + column] ?? 0
          count++
        }
      }
      found[y * width + x] = sum / count
    }
  }
  return found
}

function pixels(image: HTMLImageElement, most: number): ImageData {
  const canvas = drawn(image, most)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser cannot read pictures')
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

function drawn(image: HTMLImageElement, most: number): HTMLCanvasElement {
  const scale = Math.min(1, most / Math.max(image.naturalWidth, image.naturalHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(2, Math.round(image.naturalWidth * scale))
  canvas.height = Math.max(2, Math.round(image.naturalHeight * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return canvas
}
