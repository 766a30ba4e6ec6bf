import { contextBridge, ipcRenderer } from 'electron'
import { pageWire } from './page-wire.ts'

contextBridge.exposeInMainWorld('unrollWire', pageWire(ipcRenderer))
